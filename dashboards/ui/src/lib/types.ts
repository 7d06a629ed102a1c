/** The answers of /api/v1/ as the pages use them. Amounts and ratios are exact decimal strings. */

import type { components } from '../api'

type Schemas = components['schemas']

export type Key = Schemas['Key']
export type Meta = Schemas['Meta']
export type Tile = Schemas['Tile']
export type Overview = Schemas['Overview']
export type Bucket = Schemas['Bucket']
export type Explored = Schemas['Explored']
export type Row = Schemas['Row']

export interface Step {
  kind: string
  label: string
  amount: string
  top?: { label: string; amount: string }[]
}

export interface Change {
  before: string | null
  change: string | null
  change_ratio: string | null
}

export interface Leader extends Change {
  key: Key
  cost: string
}

export interface Values {
  dimension: string
  values: { key: Key; cost: string }[]
  more: boolean
}

export interface Entities {
  kind: string
  label: string
  items: (Leader & { spark: (string | null)[] })[]
  more: boolean
  total: string
}

export interface Entity extends Change {
  kind: string
  key: Key
  currency: string
  start: string
  end: string
  cost: string
  first_seen: string | null
  last_seen: string | null
  facts: { label: string; value: string }[]
  trend: { buckets: Bucket[]; values: (string | null)[]; grain: 'day' | 'week' | 'month' | 'quarter' }
  composition: { dimension: string; label: string; items: { key: Key; cost: string; share: string | null }[] }[]
  skus: { sku: string | null; meter: string | null; unit: string | null; quantity: string | null; cost: string; unit_price: string | null }[]
  commitments: { key: Key; type: string | null; used_cost: string; unused_cost: string }[]
  related: { kind: string; label: string; items: { key: Key; cost: string }[] }[]
  hint: string | null
}

export interface Commitment {
  key: Key
  category: string | null
  type: string | null
  provider: string | null
  payment_option: string | null
  term: string | null
  start: string | null
  end: string | null
  days_left: number | null
  utilisation: string | null
  used_cost: string
  unused_cost: string
  contracted_cost: string
  net_savings: string
  is_loss: boolean
  months: { month: string; utilisation: string | null }[]
}

export interface Commitments {
  currency: string
  month: string
  tiles: Tile[]
  months: {
    month: string
    is_partial: boolean
    coverage: string | null
    utilisation: string | null
    esr: string | null
    unused_cost: string
    net_savings: string
    covered_cost: string
    eligible_cost: string
  }[]
  commitments: Commitment[]
  purchases: { month: string; key: Key; type: string | null; upfront_fee: string | null; recurring_fee: string | null }[]
  expiries: { key: Key; end: string; days_left: number; savings_at_risk: string }[]
  by_service: { service: Key; covered_cost: string; eligible_cost: string; coverage: string | null }[]
}

export interface Tags {
  currency: string
  month: string
  tagged_share: string | null
  taggable_cost: string
  keys: {
    key: string
    tagged_cost: string
    taggable_cost: string
    coverage: string | null
    value_count: number
    months: { month: string; coverage: string | null }[]
  }[]
  untagged: { resource: Key; service: Key; account: Key; cost: string }[]
  variants: { key: string; canonical: string; values: { value: string; cost: string }[] }[]
}

export interface Invoices {
  invoices: {
    month: string
    invoice_id: string | null
    billing_entity: string | null
    issuer: string | null
    provider: string
    billing_account: Key
    billed_cost: string
    by_category: { category: string; amount: string }[]
    row_count: number
  }[]
  reconciliation: {
    vendor: string
    export: string
    month: string
    currency: string
    lines: number
    source_billed: string
    raw_billed: string
    focus_billed: string
    billed_residual: string
    source_effective: string | null
    focus_effective: string
    effective_residual: string | null
    version_id: string
  }[]
  largest_residual: string | null
  restatements: {
    vendor: string
    export: string
    month: string
    currency: string
    former_version: string
    version_id: string
    restated_at: string
    former_billed: string
    billed: string
    change: string
    former_effective: string | null
    effective: string | null
  }[]
}

export interface Anomaly {
  id: string
  date: string
  provider: string
  service: Key
  account: Key
  actual: string
  expected: string
  impact: string
  score: string | null
  direction: 'up' | 'down'
  is_acknowledged: boolean
  note: string | null
  acknowledged_at: string | null
  drivers: { label: string; change: string }[]
  explore: string
}

export interface Anomalies {
  currency: string
  method: string
  anomalies: Anomaly[]
}

export interface Views {
  views: { name: string; query: string; created_at: string }[]
}

export interface Health {
  generation: string
  published_at: string
  freshness: {
    vendor: string
    export: string
    latest_month: string
    data_as_of: string | null
    loaded_at: string
    age_hours: number | string | null
    is_stale: boolean
    is_partial: boolean
    rows: number
  }[]
  loads: {
    load_id: string
    vendor: string
    export: string
    month: string
    status: string
    rows: number
    bytes: number | null
    seconds: number | string | null
    started_at: string
    version_id: string
  }[]
  checks: { name: string; status: 'pass' | 'warn' | 'fail'; detail: string }[]
  unmapped: { provider: string; service: string; lines: number; cost: string; currency: string }[]
  price_coverage: { month: string; currency: string; coverage: string | null }[]
  hygiene: { column: string; currency: string; missing_cost: string; share: string | null }[]
}

export interface Found {
  results: { kind: string; key: string; sub: string; href: string }[]
}
