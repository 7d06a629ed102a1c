/** The answers of /api/v1/, by the names pages use. Amounts and ratios are exact decimal strings. */

import type { components } from '../api'

type Schemas = components['schemas']

export type Key = Schemas['Key']
export type Meta = Schemas['Meta']
export type Tile = Schemas['Tile']
export type Overview = Schemas['Overview']
export type Bucket = Schemas['Bucket']
export type Explored = Schemas['Explored']
export type Row = Schemas['Row']
export type Values = Schemas['Values']
export type Entities = Schemas['Entities']
export type EntityPage = Schemas['EntityPage']
export type Commitment = Schemas['Commitment']
export type Commitments = Schemas['Commitments']
export type Tags = Schemas['Tags']
export type Invoices = Schemas['Invoices']
export type Anomaly = Schemas['Anomaly']
export type Anomalies = Schemas['Anomalies']
export type Views = Schemas['Views']
export type Health = Schemas['Health']
export type Found = Schemas['Search']

/** One step of a waterfall. */
export interface Step {
  label: string
  amount: string
  top?: { label: string; amount: string }[]
}
