"""What benchmarks/proxy is made of; start reading there, then scenarios.py."""
