/* closewindow ID… asks windows to close, as a window manager does when the close button is pressed (ICCCM 4.2.8.1). */
#include <X11/Xlib.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  Display *display = XOpenDisplay(NULL);
  if (!display) return 1;
  for (int i = 1; i < argc; i++) {
    XEvent e = {0};
    e.xclient.type = ClientMessage;
    e.xclient.window = strtoul(argv[i], NULL, 10);
    e.xclient.message_type = XInternAtom(display, "WM_PROTOCOLS", False);
    e.xclient.format = 32;
    e.xclient.data.l[0] = XInternAtom(display, "WM_DELETE_WINDOW", False);
    e.xclient.data.l[1] = CurrentTime;
    if (!XSendEvent(display, e.xclient.window, False, NoEventMask, &e)) return 1;
  }
  XCloseDisplay(display);
  return 0;
}
