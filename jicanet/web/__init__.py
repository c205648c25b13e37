"""HTTP as this project speaks it: routes, answers, refusals, languages, clocks and the page frame.

A slice declares `ROUTES`, writes handlers of one `Call`, and answers with `json_answer`,
`page_answer` or `redirect`. Everything else here serves these.
"""
