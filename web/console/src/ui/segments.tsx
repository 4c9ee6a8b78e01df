type Option<Value> = { value: Value; label: string; lang?: string }

/** A choice of a few, of which one is on. */
export function Segments<Value extends string | number>({ label, options, value, change }: {
  label: string
  options: readonly Option<Value>[]
  value: Value
  change: (value: Value) => void
}) {
  return (
    <div className="seg" role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value} type="button" lang={option.lang} aria-pressed={option.value === value}
          onClick={() => change(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  )
}
