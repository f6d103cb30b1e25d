# SPDX-License-Identifier: Apache-2.0
#
# The native executor: a process that does what it is told in shared memory.
#
#   executor AREA-FILE
#
# AREA-FILE is the memory file that is shared with the JVM; standard input is a pipe from the JVM, whose end is
# the end of this process. The layout below is the layout in ExecutorArea.java and LaneWord.java.
#
# Life of a process: _start places the code, the stacks and the shared area at fixed addresses and unmaps
# everything else. The first thread then becomes the watcher, which waits for the end of the pipe and does nothing
# else. Every other thread is a lane: it waits for a command in its slot of the shared area, executes it, and
# writes down the result.
#
# Registers of a lane, kept by every system call: r15 its slot, r14 the number of the last command it has seen.

# ---- the executor's area: the last 128 MiB of the user addresses, above where the kernel places mappings ----
.equ AREA,              0x7ffff8000000
.equ CODE,              AREA
.equ CODE_BYTES,        0x1000
.equ STACKS,            AREA + 0x1ff000         # the watcher's stack, then one per slot
.equ WATCHER_STACK_TOP, AREA + 0x200000
.equ STACKS_BYTES,      0x201000                # up to the shared area
.equ SHARED,            AREA + 0x400000
.equ SHARED_BYTES,      0x5000000
.equ SYSTEM_MAPPINGS,   0x7fff00000000          # below here is the program's file, above the vdso
.equ USER_END,          0x7ffffffff000

# ---- the first page of the shared area ----
.equ MAGIC,             SHARED                  # written when everything is in place
.equ MAGIC_VALUE,       0x6d6d346a65786531      # "mm4jexe1"
.equ SPINS,             SHARED + 8              # how often a lane looks before it sleeps
.equ FIRST_SLOT,        SHARED + 0x1000
.equ FIRST_STACK_TOP,   WATCHER_STACK_TOP + 0x4000

# ---- a slot ----
.equ COMMAND,           0                       # counts commands; the lane sleeps on it
.equ LANE_SLEEPS,       4
.equ DONE,              8                       # the number of the last command done; the caller sleeps on it
.equ CALLER_SLEEPS,     12
.equ THREAD_ID,         16                      # cleared by the kernel when the thread has ended
.equ OPERATION,         20
.equ NUMBER,            24
.equ ARGUMENT,          32                      # six of 8 bytes
.equ RESULT,            80
.equ SIGNAL,            88                      # 0, or the signal that ended the operation
.equ SIGNAL_CODE,       92
.equ FAULT_ADDRESS,     96

# ---- exit statuses; StartFailure.java names them ----
.equ EXIT_ARGUMENTS,    100
.equ EXIT_OPEN,         101
.equ EXIT_SHARED,       102
.equ EXIT_STACKS,       103
.equ EXIT_CODE,         104
.equ EXIT_PIPE,         105
.equ EXIT_SIGNALS,      106
.equ EXIT_LANE,         107
.equ EXIT_PIPE_LOST,    108

# ---- system calls and their constants ----
.equ NR_READ, 0
.equ NR_CLOSE, 3
.equ NR_MMAP, 9
.equ NR_MPROTECT, 10
.equ NR_MUNMAP, 11
.equ NR_RT_SIGACTION, 13
.equ NR_RT_SIGPROCMASK, 14
.equ NR_RT_SIGRETURN, 15
.equ NR_MADVISE, 28
.equ NR_DUP2, 33
.equ NR_GETPID, 39
.equ NR_CLONE, 56
.equ NR_EXECVE, 59
.equ NR_EXIT, 60
.equ NR_KILL, 62
.equ NR_FCNTL, 72
.equ NR_SETSID, 112
.equ NR_PERSONALITY, 135
.equ NR_PRCTL, 157
.equ NR_SETRLIMIT, 160
.equ NR_FUTEX, 202
.equ NR_EXIT_GROUP, 231
.equ NR_OPENAT, 257

.equ PROT_RW, 3
.equ PROT_RX, 5
.equ MAP_SHARED_FIXED, 0x11
.equ MAP_PRIVATE_FIXED_ANONYMOUS, 0x32
.equ MADV_NOHUGEPAGE, 15
.equ O_RDWR_CLOEXEC, 0x80002
.equ AT_FDCWD, -100
.equ F_DUPFD_CLOEXEC, 1030
.equ PIPE_FD, 900                               # out of the way of the numbers that open() gives
.equ ADDR_NO_RANDOMIZE, 0x40000
.equ RLIMIT_STACK, 3
.equ PR_SET_CHILD_SUBREAPER, 36
.equ FUTEX_WAIT, 0
.equ FUTEX_WAKE, 1
.equ SIGKILL, 9
.equ SIGBUS, 7
.equ SIGSEGV, 11
.equ SIGPIPE, 13
.equ SIGCHLD, 17
.equ SIGXFSZ, 25
.equ SIG_SETMASK, 2
.equ SIG_IGN, 1
.equ SA_SIGINFO_RESTORER, 0x04000004
# VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, PARENT_SETTID, CHILD_CLEARTID
.equ CLONE_LANE, 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000 | 0x100000 | 0x200000

.equ SI_CODE, 8
.equ SI_ADDR, 16
.equ UC_R15, 96
.equ UC_RCX, 152
.equ UC_RIP, 168

.macro call6 number                             # a system call whose arguments are in place
        mov $\number, %eax
        syscall
.endm

.macro demand status                            # ends the process if the last call was refused
        test %rax, %rax
        mov $\status, %edi
        js die
.endm

.macro mapping address, bytes, protection, flags, fd, status
        movabs $\address, %rdi
        mov $\bytes, %esi
        mov $\protection, %edx
        mov $\flags, %r10d
        mov \fd, %r8
        xor %r9d, %r9d
        call6 NR_MMAP
        demand \status
.endm

.macro unmapping from, to
        movabs $\from, %rdi
        movabs $(\to) - (\from), %rsi
        call6 NR_MUNMAP
.endm

.macro no_huge_pages address, bytes
        movabs $\address, %rdi
        mov $\bytes, %esi
        mov $MADV_NOHUGEPAGE, %edx
        call6 NR_MADVISE
.endm

.macro ignore signal
        mov $\signal, %edi
        lea ignore_action(%rip), %rsi
        xor %edx, %edx
        mov $8, %r10d
        call6 NR_RT_SIGACTION
.endm

        .text
        .globl _start
blob:
# ---------------------------------------------------------------- start: no stack is used until there is our own
_start:
        mov %rsp, %rbp                          # argc, argv
        mov $EXIT_ARGUMENTS, %edi
        cmpq $2, (%rbp)
        jne die

# The kernel is to place mappings at the same addresses in every run: no randomisation, and the usual limit of the
# stack, under which mappings begin 128 MiB below the end. Both count from the next exec on. Where a container
# forbids it, the run goes on with random addresses. (An errno has the bit set, too.)
        mov $0xffffffff, %edi
        call6 NR_PERSONALITY
        test $ADDR_NO_RANDOMIZE, %eax
        jnz place
        mov %eax, %edi
        or $ADDR_NO_RANDOMIZE, %edi
        call6 NR_PERSONALITY
        test %rax, %rax
        js place
        mov $RLIMIT_STACK, %edi
        lea stack_limit(%rip), %rsi
        call6 NR_SETRLIMIT
        lea own_file(%rip), %rdi
        lea 8(%rbp), %rsi
        lea 24(%rbp), %rdx                      # no environment: the null after the last argument
        call6 NR_EXECVE

place:
        mov $AT_FDCWD, %rdi
        mov 16(%rbp), %rsi
        mov $O_RDWR_CLOEXEC, %edx
        call6 NR_OPENAT
        demand EXIT_OPEN
        mov %rax, %r12
        mapping SHARED, SHARED_BYTES, PROT_RW, MAP_SHARED_FIXED, %r12, EXIT_SHARED
        mov %r12, %rdi
        call6 NR_CLOSE
        mapping STACKS, STACKS_BYTES, PROT_RW, MAP_PRIVATE_FIXED_ANONYMOUS, $-1, EXIT_STACKS
        no_huge_pages SHARED, SHARED_BYTES
        no_huge_pages STACKS, STACKS_BYTES
        mapping CODE, CODE_BYTES, PROT_RW, MAP_PRIVATE_FIXED_ANONYMOUS, $-1, EXIT_CODE
        movabs $CODE, %rdi
        lea blob(%rip), %rsi
        mov $(blob_end - blob), %ecx
        rep movsb
        movabs $CODE, %rdi
        mov $CODE_BYTES, %esi
        mov $PROT_RX, %edx
        call6 NR_MPROTECT
        demand EXIT_CODE
        movabs $CODE + (settle - blob), %rax
        jmp *%rax

# From here on in the copy at CODE. Nothing but the area stays mapped: no program file, no stack, no vdso.
settle:
        unmapping 0, SYSTEM_MAPPINGS
        unmapping SYSTEM_MAPPINGS, CODE         # refused where the vdso is sealed: then it stays
        unmapping CODE + CODE_BYTES, STACKS
        unmapping SHARED + SHARED_BYTES, USER_END

        xor %edi, %edi
        mov $F_DUPFD_CLOEXEC, %esi
        mov $PIPE_FD, %edx
        call6 NR_FCNTL
        demand EXIT_PIPE
        mov $1, %edi                            # what was the pipe is now what standard output is
        xor %esi, %esi
        call6 NR_DUP2
        demand EXIT_PIPE
        call6 NR_SETSID                         # a terminal's interrupt is for the JVM

        movabs $WATCHER_STACK_TOP - 64, %rsp
        lea fault_handler(%rip), %rax
        mov %rax, (%rsp)
        movq $SA_SIGINFO_RESTORER, 8(%rsp)
        lea restorer(%rip), %rax
        mov %rax, 16(%rsp)
        movq $0, 24(%rsp)
        mov $SIGSEGV, %edi
        mov %rsp, %rsi
        xor %edx, %edx
        mov $8, %r10d
        call6 NR_RT_SIGACTION
        demand EXIT_SIGNALS
        mov $SIGBUS, %edi
        call6 NR_RT_SIGACTION
        demand EXIT_SIGNALS
        ignore SIGPIPE                          # EPIPE and EFBIG are results
        ignore SIGXFSZ
        ignore SIGCHLD                          # a forked process that ends leaves no zombie
        mov $SIG_SETMASK, %edi
        lea 24(%rsp), %rsi
        xor %edx, %edx
        mov $8, %r10d
        call6 NR_RT_SIGPROCMASK
        demand EXIT_SIGNALS
        mov $PR_SET_CHILD_SUBREAPER, %edi       # nor does one whose parent has ended before it
        mov $1, %esi
        call6 NR_PRCTL

        movabs $FIRST_SLOT, %r12
        movabs $FIRST_STACK_TOP, %r13
        movabs $MAGIC_VALUE, %rax
        movabs $MAGIC, %rdx
        mov %rax, (%rdx)

# ---------------------------------------------------------------- a process: r12 its first slot, r13 that one's stack
process:
        movabs $WATCHER_STACK_TOP - 64, %rsp
        mov $CLONE_LANE, %edi
        mov %r13, %rsi
        lea THREAD_ID(%r12), %rdx
        mov %rdx, %r10
        xor %r8d, %r8d
        call6 NR_CLONE
        demand EXIT_LANE
        jz lane

watch:
        mov $PIPE_FD, %edi
        mov %rsp, %rsi
        mov $1, %edx
        call6 NR_READ
        cmp $-4, %rax                           # EINTR
        je watch
        test %rax, %rax
        jg watch
        mov $0, %edi                            # the JVM has closed the pipe, or is no more
        jz die
        mov $EXIT_PIPE_LOST, %edi
die:
        call6 NR_EXIT_GROUP
        hlt

# ---------------------------------------------------------------- a lane: a new thread, r12 its slot
lane:
        mov %r12, %r15
        xor %r14d, %r14d

await:
        movabs $SPINS, %rax
        mov (%rax), %ecx
look:
        mov COMMAND(%r15), %eax
        cmp %r14d, %eax
        jne execute
        pause
        dec %ecx
        jg look
sleep:
        mov $1, %eax
        xchg %eax, LANE_SLEEPS(%r15)            # a full fence: before we look again
        mov COMMAND(%r15), %eax
        cmp %r14d, %eax
        jne awake
        lea COMMAND(%r15), %rdi
        mov $FUTEX_WAIT, %esi
        mov %r14d, %edx
        xor %r10d, %r10d
        call6 NR_FUTEX
        jmp sleep
awake:
        movl $0, LANE_SLEEPS(%r15)

execute:
        mov %eax, %r14d
        movl $0, SIGNAL(%r15)
        mov OPERATION(%r15), %eax
        cmp $OPERATIONS, %eax
        jae unknown
        lea operations(%rip), %rdx
        movslq (%rdx,%rax,4), %rax
        add %rdx, %rax
        jmp *%rax

unknown:
        mov $-38, %rax                          # ENOSYS
finish:
        mov %rax, RESULT(%r15)
        mov %r14d, %eax
        xchg %eax, DONE(%r15)                   # a full fence: before we look whether the caller sleeps
        cmpl $0, CALLER_SLEEPS(%r15)
        je await
        lea DONE(%r15), %rdi
        mov $FUTEX_WAKE, %esi
        mov $1, %edx
        call6 NR_FUTEX
        jmp await

system_call:
        mov NUMBER(%r15), %rax
        mov ARGUMENT + 0(%r15), %rdi
        mov ARGUMENT + 8(%r15), %rsi
        mov ARGUMENT + 16(%r15), %rdx
        mov ARGUMENT + 24(%r15), %r10
        mov ARGUMENT + 32(%r15), %r8
        mov ARGUMENT + 40(%r15), %r9
        syscall
        jmp finish

# Many system calls: the address of records of number, six arguments and result, and how many. r12 and r13 are kept
# by system calls.
system_calls:
        mov ARGUMENT + 0(%r15), %r12
        mov ARGUMENT + 8(%r15), %r13
        jmp next_call
each_call:
        mov (%r12), %rax
        mov 8(%r12), %rdi
        mov 16(%r12), %rsi
        mov 24(%r12), %rdx
        mov 32(%r12), %r10
        mov 40(%r12), %r8
        mov 48(%r12), %r9
        syscall
        mov %rax, 56(%r12)
        add $64, %r12
        dec %r13
next_call:
        test %r13, %r13
        jnz each_call
        mov ARGUMENT + 8(%r15), %rax
        jmp finish

# New thread: its slot, its stack.
spawn:
        mov ARGUMENT + 0(%r15), %r12
        mov ARGUMENT + 8(%r15), %rsi
        mov $CLONE_LANE, %edi
        lea THREAD_ID(%r12), %rdx
        mov %rdx, %r10
        xor %r8d, %r8d
        call6 NR_CLONE
        test %rax, %rax
        jz lane
        jmp finish

# New process: the slot and the stack of its first lane. The copy of this thread becomes its watcher.
fork:
        mov ARGUMENT + 0(%r15), %r12
        mov ARGUMENT + 8(%r15), %r13
        mov $SIGCHLD, %edi
        xor %esi, %esi
        xor %edx, %edx
        xor %r10d, %r10d
        xor %r8d, %r8d
        call6 NR_CLONE
        test %rax, %rax
        jz process
        jmp finish

exit_lane:
        xor %edi, %edi
        call6 NR_EXIT
        hlt

exit_process:
        mov ARGUMENT + 0(%r15), %edi
        jmp die

# ---------------------------------------------------------------- access to the memory under test
# rcx counts the bytes that are still to be done; a fault in here ends the operation with what is left.
load:
        mov ARGUMENT + 0(%r15), %rsi
        mov ARGUMENT + 8(%r15), %edx
        xor %ebx, %ebx
        xor %ecx, %ecx
        cmp $8, %edx
        je load8
        cmp $4, %edx
        je load4
        cmp $2, %edx
        je load2
        jmp load1

store:
        mov ARGUMENT + 0(%r15), %rdi
        mov ARGUMENT + 8(%r15), %edx
        mov ARGUMENT + 16(%r15), %rax
        xor %ebx, %ebx
        xor %ecx, %ecx
        cmp $8, %edx
        je store8
        cmp $4, %edx
        je store4
        cmp $2, %edx
        je store2
        jmp store1

copy:
        mov ARGUMENT + 0(%r15), %rdi
        mov ARGUMENT + 8(%r15), %rsi
        mov ARGUMENT + 16(%r15), %rcx
        mov %rcx, %rbx
        jmp copy_bytes

access:
load1:  movzbl (%rsi), %eax
        jmp finish
load2:  movzwl (%rsi), %eax
        jmp finish
load4:  mov (%rsi), %eax
        jmp finish
load8:  mov (%rsi), %rax
        jmp finish
store1: mov %al, (%rdi)
        jmp stored
store2: mov %ax, (%rdi)
        jmp stored
store4: mov %eax, (%rdi)
        jmp stored
store8: mov %rax, (%rdi)
        jmp stored
copy_bytes:
        rep movsb
access_end:
stored:
        mov %rbx, %rax
        sub %rcx, %rax
        jmp finish

# ---------------------------------------------------------------- SIGSEGV and SIGBUS
# On the stack of the lane, which is in the area and always there. Notes the signal in the slot of the thread and
# goes on behind the access. A fault anywhere else is one of the executor itself: it ends, visibly.
fault_handler:
        mov UC_RIP(%rdx), %rax
        lea access(%rip), %rcx
        cmp %rcx, %rax
        jb broken
        lea access_end(%rip), %rcx
        cmp %rcx, %rax
        jae broken
        mov UC_R15(%rdx), %r8
        mov %edi, SIGNAL(%r8)
        mov SI_CODE(%rsi), %eax
        mov %eax, SIGNAL_CODE(%r8)
        mov SI_ADDR(%rsi), %rax
        mov %rax, FAULT_ADDRESS(%r8)
        lea stored(%rip), %rax
        mov %rax, UC_RIP(%rdx)
        ret                                     # to the restorer
broken:
        call6 NR_GETPID
        mov %eax, %edi
        mov $SIGKILL, %esi
        call6 NR_KILL
        hlt
restorer:
        call6 NR_RT_SIGRETURN
        hlt

# ---------------------------------------------------------------- constants
        .balign 8
stack_limit:
        .quad 0x800000, 0x800000                # 8 MiB, soft and hard
ignore_action:
        .quad SIG_IGN, 0, 0, 0
operations:
        .long system_call - operations
        .long load - operations
        .long store - operations
        .long copy - operations
        .long spawn - operations
        .long fork - operations
        .long exit_lane - operations
        .long exit_process - operations
        .long system_calls - operations
.equ OPERATIONS, (. - operations) / 4
own_file:
        .asciz "/proc/self/exe"
blob_end:
        .section .note.GNU-stack, "", @progbits
