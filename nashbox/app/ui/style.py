"""How the page looks."""

CSS = """
.nb-main {width: 100%; min-width: 0; box-sizing: border-box; max-width: 1500px; margin: 0 auto;
  padding: 8px 16px 40px; font-size: 1rem;}
.v-application .nb-main h1 {font-size: 1.9rem; line-height: 1.2; margin: 4px 0;}
.v-application .nb-main h2 {font-size: 1.15rem; margin: 0 0 8px;}
.nb-answer {font-size: 1.15rem; min-height: 1.7em; margin: 4px 0 10px;}
.nb-answer b {font-size: 1.25rem;}
.nb-yes b {color: #00664b;} .nb-no b, .nb-plan b {color: #a63c00;} .nb-open b {color: #7a5200;}
.nb-presets {display: flex; flex-wrap: wrap; gap: 8px; margin-bottom: 12px;}
.nb-main .v-btn {text-transform: none; letter-spacing: normal;}
.nb-line {display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center;}
.nb-line > .v-input {flex: 1 1 110px;}
.nb-page {display: grid; gap: 0 16px; grid-template-columns: 320px minmax(0, 1fr);
  grid-template-rows: auto 1fr; grid-template-areas: "who story" "more story";}
.nb-who {grid-area: who;} .nb-story {grid-area: story;} .nb-more {grid-area: more;}
@media (max-width: 960px) {
  .nb-page {grid-template-columns: minmax(0, 1fr);
    grid-template-rows: auto; grid-template-areas: "story" "who" "more";}
  .v-application .nb-main h1 {font-size: 1.5rem;}
}
.nb-card {border: 1px solid #ddd; border-radius: 6px; padding: 12px 14px; margin-bottom: 14px;
  background: #fff; min-width: 0;}
.nb-main :focus-visible {outline: 3px solid #0b57d0 !important; outline-offset: 2px;}
.nb-main .v-input--is-focused {outline: 3px solid #0b57d0; outline-offset: 2px;}
.nb-figure {max-width: 100%; min-width: 560px; height: auto; display: block;}
.nb-card > .v-btn, .nb-line {margin: 8px 0 4px;}
.nb-table {border-collapse: collapse; font-size: 0.9rem; width: 100%;}
.nb-table td, .nb-table th {padding: 2px 8px; text-align: right; border-bottom: 1px solid #ddd;}
.nb-table td:first-child, .nb-table th:first-child {text-align: left;}
.v-application .nb-inputs {display: grid; gap: 0 16px;
  grid-template-columns: repeat(auto-fill, minmax(130px, 1fr));}
.nb-drawing {margin: 0 0 12px;}
.nb-scroll {overflow: auto; max-height: 80vh;}
.nb-text {font-size: 0.75rem; line-height: 1.15; overflow-x: auto; white-space: pre;}
.nb-main pre {overflow-x: auto; white-space: pre-wrap;}
.nb-main .v-progress-linear * {transition: none !important;}
.nb-note {font-size: 0.875rem; color: #555;}
.nb-verdict {font-size: 1.05rem; font-weight: 600;}
.nb-profitable {color: #a63c00;} .nb-none_above_epsilon {color: #00664b;}
.nb-undecided {color: #7a5200;}
"""
