import type { Component } from 'svelte'
import Anomalies from '../pages/Anomalies.svelte'
import Commitments from '../pages/Commitments.svelte'
import Entities from '../pages/Entities.svelte'
import Entity from '../pages/Entity.svelte'
import Explore from '../pages/Explore.svelte'
import Health from '../pages/Health.svelte'
import Invoices from '../pages/Invoices.svelte'
import Overview from '../pages/Overview.svelte'
import Tags from '../pages/Tags.svelte'

export interface Page {
  path: string
  label: string
  /** 'g' and this letter go there. */
  letter: string
  component: Component
  /** The strokes of its icon in a box of 20. */
  icon: string
}

/** The pages of the navigation, in its order. */
export const PAGES: readonly Page[] = [
  {
    path: 'overview',
    label: 'Overview',
    letter: 'o',
    component: Overview,
    icon: 'M3 10.5 10 4l7 6.5M5 9v7.5h10V9',
  },
  {
    path: 'explore',
    label: 'Explorer',
    letter: 'e',
    component: Explore,
    icon: 'M4 16V9M8 16V5M12 16v-5M16 16V7',
  },
  {
    path: 'entities',
    label: 'Accounts & services',
    letter: 'a',
    component: Entities,
    icon: 'M4 4h5v5H4zM11 4h5v5h-5zM4 11h5v5H4zM11 11h5v5h-5z',
  },
  {
    path: 'commitments',
    label: 'Commitments',
    letter: 'c',
    component: Commitments,
    icon: 'M10 3l6 2.5v4c0 4-2.6 6.3-6 7.5-3.4-1.2-6-3.5-6-7.5v-4zM7.5 10l2 2 3.5-4',
  },
  {
    path: 'tags',
    label: 'Tags & allocation',
    letter: 't',
    component: Tags,
    icon: 'M4 4h6l6.5 6.5-6 6L4 10zM7.2 7.2h.1',
  },
  {
    path: 'invoices',
    label: 'Invoices',
    letter: 'i',
    component: Invoices,
    icon: 'M5 3h10v14l-2.5-1.5L10 17l-2.5-1.5L5 17zM8 7h4M8 10.5h4',
  },
  {
    path: 'anomalies',
    label: 'Anomalies',
    letter: 'n',
    component: Anomalies,
    icon: 'M3 13h3.5l2-8 3 11 2-6H17',
  },
  {
    path: 'health',
    label: 'Data health',
    letter: 'h',
    component: Health,
    icon: 'M10 16.5C5 13 3 10.6 3 7.900A3.900 3.900 0 0 1 10 5.600 3.900 3.900 0 0 1 17 7.900C17 10.600 15 13 10 16.500z',
  },
]

export const ENTITY = Entity
