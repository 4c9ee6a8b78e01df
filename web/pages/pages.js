// All that the pages do with scripts: a password can be looked at while it is typed. Without them its button stays hidden.
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
