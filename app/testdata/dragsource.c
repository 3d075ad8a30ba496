// A small window from which a file can be dragged, as from a file manager. usage: dragsource file:///…
#include <gtk/gtk.h>

static const char *uri;

static void give(GtkWidget *w, GdkDragContext *c, GtkSelectionData *data, guint info, guint time, gpointer user) {
  gchar *uris[] = {(gchar *)uri, NULL};
  gtk_selection_data_set_uris(data, uris);
}

static void ended(GtkWidget *w, GdkDragContext *c, gpointer user) {
  g_print("end %d\n", gdk_drag_context_get_selected_action(c));
  fflush(stdout);
}

int main(int argc, char **argv) {
  gtk_init(&argc, &argv);
  if (argc != 2) return 2;
  uri = argv[1];
  GtkWidget *window = gtk_window_new(GTK_WINDOW_TOPLEVEL);
  gtk_window_set_default_size(GTK_WINDOW(window), 120, 120);
  GtkWidget *box = gtk_event_box_new();
  gtk_container_add(GTK_CONTAINER(window), box);
  GtkTargetEntry targets[] = {{"text/uri-list", 0, 0}};
  gtk_drag_source_set(box, GDK_BUTTON1_MASK, targets, 1, GDK_ACTION_COPY);
  g_signal_connect(box, "drag-data-get", G_CALLBACK(give), NULL);
  g_signal_connect(box, "drag-end", G_CALLBACK(ended), NULL);
  gtk_widget_show_all(window);
  gtk_window_move(GTK_WINDOW(window), 0, 0);
  g_print("ready\n");
  fflush(stdout);
  gtk_main();
  return 0;
}
