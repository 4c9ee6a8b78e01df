/** Hands files over to the browser. */

/** Saves a text that the console holds as a file. */
export function saveText(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** Opens a signed address of the server, which answers a file. */
export function openDownload(url: string): void {
  const link = document.createElement('a')
  link.href = url
  link.click()
}
