"""Decision to channel-neutral blocks, and fitting them to a channel's limits."""
