package modulestest

import "sync"

// Crowd makes n calls at once and counts the statuses that they return.
func Crowd(n int, call func(i int) (status int)) map[int]int {
	var wait, ready sync.WaitGroup
	statuses := make([]int, n)
	ready.Add(n)
	for i := range n {
		wait.Go(func() {
			ready.Done()
			ready.Wait()
			statuses[i] = call(i)
		})
	}
	wait.Wait()
	count := map[int]int{}
	for _, status := range statuses {
		count[status]++
	}
	return count
}
