curl -H "Origin: http://localhost:3000" http://localhost:9400/api/metrics
