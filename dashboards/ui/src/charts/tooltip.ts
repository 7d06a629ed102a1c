/** Tooltips as DOM nodes: labels come from bills, so they are never read as HTML. */

import { ink, type Theme } from '../lib/palette'

export interface TipRow {
  color?: string
  label: string
  value: string
  isStrong?: boolean
}

export function pageFont(): string {
  return getComputedStyle(document.documentElement).fontFamily
}

/** ECharts' settings of the tooltip box. */
export function tipBox(theme: Theme): Record<string, unknown> {
  const { raised, line, text } = ink(theme)
  return {
    backgroundColor: raised,
    borderColor: line,
    borderWidth: 1,
    padding: [9, 12],
    confine: true,
    transitionDuration: 0,
    textStyle: { color: text, fontSize: 12.5, fontFamily: pageFont() },
    extraCssText: 'box-shadow: 0 8px 28px rgb(0 0 0 / 18%); border-radius: 8px;',
  }
}

function element(tag: string, css: string, text = ''): HTMLElement {
  const made = document.createElement(tag)
  made.style.cssText = css
  made.textContent = text
  return made
}

export function tip(title: string, rows: TipRow[], theme: Theme): HTMLElement {
  const box = element('div', 'min-width:190px;max-width:420px')
  box.append(element('div', 'font-weight:600;margin-bottom:5px', title))
  for (const row of rows) {
    const line = element('div', 'display:flex;align-items:center;gap:8px;line-height:1.6')
    if (row.isStrong)
      line.style.cssText += `;font-weight:600;border-top:1px solid ${ink(theme).line};margin-top:4px;padding-top:4px`
    if (row.color) {
      line.append(element('span', `flex:none;width:9px;height:9px;border-radius:3px;background:${row.color}`))
    }
    line.append(
      element('span', 'flex:1;overflow:hidden;text-overflow:ellipsis;white-space:nowrap', row.label),
      element('span', 'font-variant-numeric:tabular-nums', row.value),
    )
    box.append(line)
  }
  return box
}
