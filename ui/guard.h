/* The guard: a parent process that puts the terminal back whatever ends the
 * screen process. */
#ifndef UI_GUARD_H
#define UI_GUARD_H

/* Call first, before any thread, file or terminal is opened. Forks: returns in
 * the child, which is the program; the parent keeps the terminal's settings,
 * waits, restores them, clears the screen and its scrollback and exits with
 * the child's status (128 + signal when one ended it). Signals to the parent
 * are passed on. When the parent dies the child gets SIGHUP. Without a
 * terminal, or when fork fails, it returns at once and guards nothing. */
void guard_start(void);

#endif
