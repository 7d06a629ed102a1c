/**
 * Colours that code needs; those of CSS alone are in app.css.
 *
 * The series colours of each theme are at least 3:1 against the panel. The first nine are kept apart
 * for protanopia, deuteranopia and tritanopia, too; those after them are as far apart as twenty can
 * be. Segments are also divided by a line of the panel.
 */

export type Theme = 'light' | 'dark'

const SERIES: Record<Theme, readonly string[]> = {
  light: ['#3b5bdb', '#c28246', '#46968c', '#602150', '#816e04', '#9680df', '#184a04', '#015085', '#844a51'],
  dark: ['#6d8dff', '#f98942', '#458270', '#d66db9', '#f8cc3a', '#8f4ecc', '#66f0a6', '#92c6e5', '#cb3a00'],
}
/** The tenth to the twentieth. */
const MORE: Record<Theme, readonly string[]> = {
  light: [
    '#ea0300',
    '#1e029f',
    '#fb4b88',
    '#70649e',
    '#a400c5',
    '#8e0000',
    '#0000f1',
    '#970074',
    '#7800ff',
    '#d801ff',
    '#6401a2',
  ],
  dark: [
    '#0da3cf',
    '#f41968',
    '#cffc67',
    '#2358fc',
    '#aba87d',
    '#fd40fd',
    '#3db818',
    '#ea9caf',
    '#12effd',
    '#bd05ae',
    '#fef9ef',
  ],
}
const OTHER: Record<Theme, string> = { light: '#868e99', dark: '#7d8796' }

export interface Ink {
  text: string
  muted: string
  line: string
  panel: string
  raised: string
  hatch: string
}

const INK: Record<Theme, Ink> = {
  light: {
    text: '#171b22',
    muted: '#566072',
    line: '#e6e9ee',
    panel: '#ffffff',
    raised: '#ffffff',
    hatch: 'rgba(255,255,255,0.55)',
  },
  dark: {
    text: '#e9ecf1',
    muted: '#9ba6b6',
    line: '#262d37',
    panel: '#161b22',
    raised: '#1f2630',
    hatch: 'rgba(22,27,34,0.55)',
  },
}

/** The colour of the series at this rank; a rank past the palette, or none, is 'Other'. */
export function seriesColor(theme: Theme, rank: number | null): string {
  if (rank === null) return OTHER[theme]
  return SERIES[theme][rank] ?? MORE[theme][rank - SERIES[theme].length] ?? OTHER[theme]
}

export function ink(theme: Theme): Ink {
  return INK[theme]
}

/** Black or white, whichever reads better on this colour: always 4.5:1 or more. */
export function inkOn(color: string): string {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(color.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000000' : '#ffffff'
}
