import type { ReactNode } from 'react'
import { columnVisibilityFeature, tableFeatures, type ColumnDef } from '@tanstack/react-table'

export type Identified = { id: string }

/** What the table knows of a column beside its cell. */
export type ColumnMeta = {
  /** Not shown on phones: the first column says there what matters. */
  wide?: boolean
  muted?: boolean
  /** The word by which the list is ordered by this column. */
  sort?: string
  /** Never hidden. */
  required?: boolean
  width?: string
}

export const features = tableFeatures({ columnVisibilityFeature, columnMeta: {} as ColumnMeta })
export type Features = typeof features

/** A column of a list. */
export type Column<Row extends Identified> = ColumnMeta & {
  id: string
  header: string
  cell: (row: Row) => ReactNode
}

export function toDefinitions<Row extends Identified>(columns: Column<Row>[]): ColumnDef<Features, Row>[] {
  return columns.map(({ id, header, cell, ...meta }) => ({
    id, header, meta, cell: ({ row }) => cell(row.original),
  }))
}
