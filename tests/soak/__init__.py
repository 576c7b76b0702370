"""`make soak`: what takes minutes to try one by one, in named parts; its counts stand in docs/reliability.md."""
