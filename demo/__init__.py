"""The demo: the take-over of xz played as signed webhook deliveries against the real server. See demo/README.md."""
