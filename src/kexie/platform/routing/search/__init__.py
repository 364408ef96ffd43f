"""The search itself, compiled to machine code. `d` is the problem (Data), `s` the plan (State), `r` a route, `i` a site."""
