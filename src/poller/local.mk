# src/poller
