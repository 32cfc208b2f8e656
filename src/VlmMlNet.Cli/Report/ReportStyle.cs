namespace VlmMlNet.Cli.Report;

/// <summary>The report's style sheet: one column that fits a telephone, light or dark as the reader has set.</summary>
internal static class ReportStyle
{
    public const string Css = """
        :root { color-scheme: light dark; --back: #ffffff; --card: #f4f5f7; --ink: #1b1f24; --soft: #59626d; --line: #d5d9df; --accent: #1f5fbf; --second: #b4540a; --right: #176a34; --wrong: #a8261c; }
        @media (prefers-color-scheme: dark) { :root { --back: #15181c; --card: #1f242a; --ink: #e8eaed; --soft: #a3acb6; --line: #39414a; --accent: #82b4ff; --second: #f2a65a; --right: #74d092; --wrong: #ff9a8f; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
        main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
        h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 1rem; }
        h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; }
        .note, caption, .label { color: var(--soft); font-size: .875rem; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem; margin: 0; }
        .tiles > div { background: var(--card); border-radius: .5rem; padding: .9rem 1rem; }
        .tiles dt { color: var(--soft); font-size: .875rem; }
        .tiles dd { margin: 0; font-size: 1.7rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
        .tiles dd.note { font-size: .875rem; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; }
        caption { text-align: left; padding-bottom: .4rem; }
        th, td { text-align: left; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); font-weight: 400; vertical-align: top; overflow-wrap: anywhere; }
        .scroll th[scope=row] { min-width: 11rem; }
        thead th { color: var(--soft); font-size: .875rem; white-space: nowrap; overflow-wrap: normal; vertical-align: bottom; }
        .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .number:last-child { padding-right: 0; }
        .baselines { color: var(--soft); }
        tfoot th, tfoot td { font-weight: 600; border-bottom: 0; }
        ul { list-style: none; margin: 0; padding: 0; }
        .samples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 28rem), 1fr)); gap: 1rem; }
        .samples > li { background: var(--card); border-radius: .5rem; padding: 1rem; display: grid; grid-template-columns: 8rem 1fr; gap: 1rem; align-items: start; }
        .samples > li > div { min-width: 0; overflow-wrap: anywhere; }
        .samples img { width: 8rem; height: auto; border-radius: .25rem; image-rendering: pixelated; display: block; }
        .samples p { margin: 0; }
        .says { font-weight: 600; }
        .label { display: block; font-weight: 400; }
        .samples p.label { margin-top: .5rem; }
        .references { color: var(--soft); font-size: .9rem; line-height: 1.4; }
        .references li { margin-bottom: .15rem; }
        .questions { border-top: 1px solid var(--line); margin-top: .6rem; padding-top: .5rem; font-size: .95rem; }
        .right { color: var(--right); white-space: nowrap; }
        .wrong { color: var(--wrong); }
        .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); gap: 1rem; }
        figure { margin: 0; background: var(--card); border-radius: .5rem; padding: .75rem; }
        figcaption { font-size: .95rem; margin-bottom: .25rem; }
        .chart { display: block; width: 100%; height: auto; }
        .chart .grid { stroke: var(--line); }
        .chart .tick { fill: var(--soft); font: 12px system-ui, sans-serif; }
        .chart .steps { fill: none; stroke: var(--accent); stroke-opacity: .35; }
        .chart .mean { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; }
        .chart .validation { fill: none; stroke: var(--second); stroke-width: 2; stroke-linejoin: round; }
        .chart .point { fill: var(--accent); }
        .chart .point.validation { fill: var(--second); stroke: none; }
        .mark { display: inline-block; width: 1rem; height: .25rem; border-radius: .125rem; vertical-align: middle; background: var(--accent); }
        .mark.validation { background: var(--second); }
        .findings { display: grid; gap: .75rem; }
        .findings li { background: var(--card); border-left: .25rem solid var(--wrong); border-radius: .25rem; padding: .75rem 1rem; overflow-wrap: anywhere; }
        .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 2rem; align-items: start; }
        @media (max-width: 34rem) { .samples > li { grid-template-columns: 1fr; } }
        @media print { .samples > li, figure, .tiles > div { break-inside: avoid; } }
        """;
}
