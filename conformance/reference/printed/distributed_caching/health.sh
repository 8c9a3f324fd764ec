curl http://localhost:9400/health
