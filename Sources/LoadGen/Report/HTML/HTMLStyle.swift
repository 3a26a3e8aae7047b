/// The page's style sheet. Colours are of Okabe and Ito's set, which people who see few colours can tell apart; nothing is
/// said by colour alone.
enum HTMLStyle {
  static let sheet = """
    :root{color-scheme:light dark;--bg:#fff;--ink:#1c2128;--muted:#5a6572;--line:#d5dbe1;--card:#f5f7f9;
    --good:#00694c;--bad:#b3320a;--warn:#8a5a00;--goodbg:#e3f4ee;--badbg:#fdeae3;--warnbg:#fdf3dc;
    --s1:#0072b2;--s2:#d55e00;--s3:#00896a;--s4:#a8558a;--s5:#6b7280;
    --h1:#dcebf7;--h2:#bcd7ee;--h3:#92bfe2;--h4:#64a3d3;--h5:#3a83bf;--h6:#1a619f;--h7:#083d74;--over:#111;--halo:#fff}
    @media (prefers-color-scheme:dark){:root{--bg:#12161b;--ink:#e6eaef;--muted:#9aa5b1;--line:#323a44;--card:#1b2128;
    --good:#4fd1a5;--bad:#ff8f66;--warn:#f2c14e;--goodbg:#12302a;--badbg:#3a1c12;--warnbg:#352a10;
    --s1:#5fb4ea;--s2:#ff8a3d;--s3:#35c79a;--s4:#dd93c3;--s5:#a3adb8;
    --h1:#14304a;--h2:#1b456b;--h3:#235d8f;--h4:#3279b3;--h5:#579bcf;--h6:#8fc1e6;--h7:#d3ebfb;--over:#fff;--halo:#12161b}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
    main{max-width:1000px;margin:0 auto;padding:24px 16px 48px}
    header{border-left:6px solid;border-radius:6px;padding:12px 16px}
    header p{margin:0}
    header.good{background:var(--goodbg);border-color:var(--good)}
    header.bad{background:var(--badbg);border-color:var(--bad)}
    header.warn{background:var(--warnbg);border-color:var(--warn)}
    .verdict{font-size:28px;font-weight:700;line-height:1.2}
    header.good .verdict,.good{color:var(--good)}header.bad .verdict,.bad{color:var(--bad)}
    header.warn .verdict,.warn{color:var(--warn)}
    h1{font-size:18px;font-weight:600;margin:20px 0 4px;overflow-wrap:anywhere}
    h2{font-size:20px;margin:40px 0 12px;padding-bottom:6px;border-bottom:1px solid var(--line)}
    h3{font-size:15px;margin:16px 0 6px}h4{font-size:13px;margin:12px 0 4px;color:var(--muted)}
    .muted,figcaption,small,footer{color:var(--muted)}.muted{margin:0}
    code,pre{font:13px/1.45 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
    pre{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:10px;overflow-x:auto;margin:0}
    .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(135px,1fr));gap:10px;margin:18px 0 0}
    .card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 12px;display:flex;flex-direction:column}
    .card span{font-size:13px;color:var(--muted)}.card b{font-size:21px;line-height:1.3;color:var(--ink)}
    .card.bad{border-color:var(--bad)}.card.bad b{color:var(--bad)}.card small{font-size:12px}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;width:100%;font-size:14px}
    th,td{text-align:left;padding:5px 10px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}
    th{font-weight:600;color:var(--muted);font-size:12px}
    td:first-child{min-width:90px}#failures td:first-child{min-width:140px}
    #conditions td:first-child{width:1%;white-space:nowrap;padding-right:20px}
    .n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
    #times td:first-child{white-space:nowrap}
    .columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(290px,1fr));gap:8px 32px}
    .columns>div{min-width:0}
    .share{white-space:nowrap;font-variant-numeric:tabular-nums}
    .part{width:90px;height:8px;border-radius:2px;vertical-align:middle;margin-right:4px}
    .rest{fill:var(--line)}
    figure{margin:0 0 24px}figcaption{font-size:14px}
    .chart{width:100%;min-width:640px;height:auto;display:block}
    .chart text{font:12px system-ui,-apple-system,"Segoe UI",sans-serif;fill:var(--muted)}
    .chart .title{font-weight:600;fill:var(--ink);font-size:13px}
    .chart .label{fill:var(--ink);font-weight:600}
    .mid{text-anchor:middle}.end{text-anchor:end}
    .grid{stroke:var(--line);stroke-width:1;fill:none;stroke-dasharray:2 3}.axis{stroke:var(--muted);stroke-width:1;fill:none}
    .line{fill:none;stroke-width:2;stroke-linejoin:round}.area{fill-opacity:.16;stroke:none}
    .line.s1{stroke:var(--s1)}.line.s2{stroke:var(--s2);stroke-dasharray:6 3}.line.s3{stroke:var(--s3)}.line.s4{stroke:var(--s4)}
    .line.s5{stroke:var(--s5)}
    .area.s1,.bar.s1{fill:var(--s1)}.area.s2,.bar.s2{fill:var(--s2)}.area.s3,.bar.s3{fill:var(--s3)}
    .area.s4,.bar.s4{fill:var(--s4)}.area.s5,.bar.s5{fill:var(--s5)}
    .chart .label.s1{fill:var(--s1)}.chart .label.s2{fill:var(--s2)}.chart .label.s3{fill:var(--s3)}.chart .label.s4{fill:var(--s4)}
    .h1{fill:var(--h1)}.h2{fill:var(--h2)}.h3{fill:var(--h3)}.h4{fill:var(--h4)}.h5{fill:var(--h5)}.h6{fill:var(--h6)}
    .h7{fill:var(--h7)}
    .over{fill:none;stroke:var(--over);stroke-width:1.8}.over.p99{stroke-dasharray:5 3}
    .halo{fill:none;stroke:var(--halo);stroke-width:4;stroke-opacity:.75}
    .dot{fill:var(--over);stroke:var(--halo);stroke-width:2}
    .halo-text{paint-order:stroke;stroke:var(--halo);stroke-width:3px;stroke-linejoin:round}
    .rank{stroke:var(--ink);stroke-width:1.2;stroke-dasharray:4 3;fill:none}
    .hit{fill:var(--ink);fill-opacity:0}.hit:hover{fill-opacity:.1}
    details{border:1px solid var(--line);border-radius:6px;padding:8px 12px;margin:8px 0}
    summary{cursor:pointer;overflow-wrap:anywhere}
    details[open]>summary{margin-bottom:8px}
    .advice{border-left:3px solid var(--s1);padding-left:10px}
    footer{margin-top:40px;font-size:13px}
    @media (max-width:600px){#failures .part{display:none}main{padding:12px 10px 32px}.verdict{font-size:22px}}
    @media print{body{font-size:11pt}main{max-width:none;padding:0}section,figure,details{break-inside:avoid}
    .hit{display:none}.scroll{overflow:visible}.chart{min-width:0}
    details::details-content{content-visibility:visible;block-size:auto}}
    """
}
