// All that the pages do with scripts. A password can be looked at while it is typed; without them its button stays hidden.
for (const button of document.querySelectorAll('button[data-show]')) {
  const input = document.getElementById(button.getAttribute('aria-controls'))
  const turn = (visible) => {
    input.type = visible ? 'text' : 'password'
    button.textContent = visible ? button.dataset.hide : button.dataset.show
  }
  button.hidden = false
  button.addEventListener('click', () => turn(input.type === 'password'))
  // Sent as a password again, or browsers would keep it among the texts they suggest.
  input.form.addEventListener('submit', () => turn(false))
}
// A double click sends a form once. After a second it may be sent again: the first may not have got through.
for (const form of document.forms) {
  let sent = -Infinity
  form.addEventListener('submit', (event) => {
    if (event.timeStamp - sent < 1000) event.preventDefault()
    else sent = event.timeStamp
  })
}
