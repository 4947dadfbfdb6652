//go:build unix

package socketio

import "syscall"

const canTry = true

// tryWrite writes what a socket takes at once: sockets of the runtime never
// block. It is negative when that is nothing.
func tryWrite(fd uintptr, b []byte) int {
	for {
		n, err := syscall.Write(int(fd), b)
		if err != syscall.EINTR {
			return n
		}
	}
}
