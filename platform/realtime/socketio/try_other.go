//go:build !unix

package socketio

const canTry = false

func tryWrite(uintptr, []byte) int { return -1 }
