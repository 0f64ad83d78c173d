// WAF
