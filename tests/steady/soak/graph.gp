# Draws soak.csv as soak.png: gnuplot -e "dir='bin'" graph.gp
set terminal pngcairo size 1200,1300 font "sans,11"
set output dir."/soak.png"
set datafile separator ","
set key autotitle columnhead outside right
set grid
set xlabel "seconds"
set yrange [0:*]
csv = dir."/soak.csv"
set multiplot layout 4,1 title "Soak"
set ylabel "calls/s"
set y2label "ms"
set y2range [0:*]
set y2tics
set ytics nomirror
plot csv using "Seconds":"Calls" with lines title "calls/s", csv using "Seconds":"P99" axes x1y2 with lines title "p99, ms"
unset y2label
unset y2tics
set ytics mirror
set ylabel "MB"
plot csv using "Seconds":"Own" with lines title "memory of its own", csv using "Seconds":"RSS" with lines title "and of the store's file", csv using "Seconds":"HeapMB" with lines title "heap in use"
set ylabel "count"
plot csv using "Seconds":"Goroutines" with lines title "goroutines", csv using "Seconds":"Threads" with lines title "threads", \
     csv using "Seconds":"Files" with lines title "open files"
set ylabel "executions, errors"
plot csv using "Seconds":"History" with lines title "history", csv using "Seconds":"Errors" with lines title "errors"
unset multiplot
