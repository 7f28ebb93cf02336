"""Published ways to judge AI spending and price series. `named` lists them with their sources and worked examples.

The arithmetic stands beside it: `methods` for spending, `explosive` and `lppls` for prices, which `prices` reads and
`on_prices` offers as named models. What paomo computes by itself (breakeven, cash flow, gauges) is in `core`.
"""
