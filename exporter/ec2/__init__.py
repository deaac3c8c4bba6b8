"""What an EC2 instance can be asked about itself: metadata service, instance types, ENA counters, CloudWatch."""
