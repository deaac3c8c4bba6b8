"""What is known of Docker's containers: the engine's word on what they are, the kernel's on what they use."""
