/* The least a program on this terminal can cost: one line through ncursesw,
 * then it waits for a key. */
#include <curses.h>
#include <locale.h>

int main(void)
{
	setlocale(LC_ALL, "");
	if (!initscr())
		return 1;
	mvaddstr(LINES - 1, 0, "hello");
	refresh();
	getch();
	endwin();
	return 0;
}
