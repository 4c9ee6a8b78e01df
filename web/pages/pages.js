// All that the pages do with scripts. A password can be looked at while it is typed; without them its button stays hidden.
for (const button of document.querySelectorAll('button[data-show]')) {
  const input = document.getElementById(button.getAttribute('aria-controls'))
  const turn = (visible) => {
    input.type = visible ? 'text' : 'password'
    button.firstElementChild.textContent = visible ? button.dataset.hide : button.dataset.show
  }
  turn(false)
  button.hidden = false
  button.addEventListener('click', () => turn(input.type === 'password'))
  // Sent as a password again, or browsers would keep it among the texts they suggest.
  input.form.addEventListener('submit', () => turn(false))
}
// A username needs its workspace, an address does not. Without scripts the field is there from the beginning.
for (const field of document.querySelectorAll('[data-username-in]')) {
  const login = document.getElementById(field.dataset.usernameIn)
  const isWrong = field.classList.contains('wrong')
  const adapt = () => { field.hidden = !isWrong && (login.value.trim() === '' || login.value.includes('@')) }
  login.addEventListener('input', adapt)
  login.addEventListener('change', adapt) // password managers may send no other event
  adapt()
}
// A double click sends a form once. After a second it may be sent again: the first may not have got through.
for (const form of document.forms) {
  let sent = -Infinity
  form.addEventListener('submit', (event) => {
    if (event.timeStamp - sent < 1000) event.preventDefault()
    else sent = event.timeStamp
  })
}
