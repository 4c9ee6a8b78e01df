package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// serverProcess is a running server. It ends with the context that it was started with, at the
// latest with this process.
type serverProcess struct {
	name    string
	address string // host and port
	pid     int
}

// startServer starts a server and waits until it listens. It ends with the context. What it prints
// goes to a file of its name in the folder of the run.
func startServer(ctx context.Context, o *options, name, address string, env []string,
	command ...string) (*serverProcess, error) {
	output, err := os.Create(filepath.Join(o.folder, name+".log"))
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = output, output
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	o.running.Go(func() { ended <- cmd.Wait() })

	// Listening is readiness enough: the first requests are for preparing, not for measuring.
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		if c, err := net.Dial("tcp", address); err == nil {
			_ = c.Close()
			return &serverProcess{name: name, address: address, pid: cmd.Process.Pid}, nil
		}
		select {
		case err := <-ended:
			text, _ := os.ReadFile(output.Name())
			return nil, fmt.Errorf("%s ended: %w\n%s", name, err, text)
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil, fmt.Errorf("%s does not listen on %s", name, address)
}

// runCommand runs a command to its end and returns what it printed.
func runCommand(ctx context.Context, env []string, input string,
	command ...string) (string, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(command, " "), err, out)
	}
	return string(out), nil
}

// freeAddress returns an address of the loopback interface that nobody listens on.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// freePort is freeAddress with the port alone beside it.
func freePort() (address, port string, err error) {
	if address, err = freeAddress(); err != nil {
		return "", "", err
	}
	_, port, err = net.SplitHostPort(address)
	return address, port, err
}

// ticksPerSecond is the unit of processor time in /proc. It is 100 on all usual builds of Linux.
const ticksPerSecond = 100

// statFields returns the fields of /proc/PID/stat behind the name of the command: the second is the
// parent, the 12th to 15th are processor times. It is nil if the process is gone, and where there
// is no /proc.
func statFields(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	return strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
}

// listTree returns the ids of a process and of its descendants. PostgreSQL has a process for each
// connection, and Node may have workers.
func listTree(root int) []int {
	children := map[int][]int{}
	folders, _ := filepath.Glob("/proc/[0-9]*")
	for _, folder := range folders {
		pid, _ := strconv.Atoi(filepath.Base(folder))
		if f := statFields(pid); f != nil {
			parent, _ := strconv.Atoi(f[1])
			children[parent] = append(children[parent], pid)
		}
	}
	all := []int{root}
	for i := 0; i < len(all); i++ {
		all = append(all, children[all[i]]...)
	}
	return all
}

// processorTime returns the processor time of a process and its descendants, ended ones included.
// It is 0 where there is no /proc.
func processorTime(root int) time.Duration {
	var ticks int64
	for _, pid := range listTree(root) {
		f := statFields(pid)
		if f == nil {
			continue
		}
		for _, field := range f[11:15] { // own and of ended children, user and system
			n, _ := strconv.ParseInt(field, 10, 64)
			ticks += n
		}
	}
	return time.Duration(ticks) * time.Second / ticksPerSecond
}

// residentMiB returns the memory of a process and its descendants, shared pages counted for each:
// for servers of one process, as all are that it is asked for, that is no difference.
func residentMiB(root int) float64 {
	var kib float64
	for _, pid := range listTree(root) {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if _, rest, found := strings.Cut(string(text), "VmRSS:"); found {
			n, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			kib += n
		}
	}
	return kib / 1024
}

// machineBusy returns the processor time that the whole machine has used.
func machineBusy() time.Duration {
	text, _ := os.ReadFile("/proc/stat")
	line, _, _ := strings.Cut(string(text), "\n")
	var ticks int64
	for i, field := range strings.Fields(line) {
		if i == 0 || i == 4 || i == 5 { // the name, idle, waiting for the disk
			continue
		}
		n, _ := strconv.ParseInt(field, 10, 64)
		ticks += n
	}
	return time.Duration(ticks) * time.Second / ticksPerSecond
}
