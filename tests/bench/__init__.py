"""Measurements that anyone can repeat: time and memory of the road. Never part of the tests."""
