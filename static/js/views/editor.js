/** A small input over the picture, for one number. */

/**
 * @param {HTMLElement} host
 * @param {{x: number, y: number, label: string, value: string, onCommit(value: number): void, onClose(): void}} options
 * @returns {() => void} closes it
 */
export function openEditor(host, { x, y, label, value, onCommit, onClose }) {
  const form = document.createElement("form");
  form.className = "stage-editor";
  form.noValidate = true;
  const input = document.createElement("input");
  const hint = document.createElement("p");
  input.type = "text";
  input.inputMode = "decimal";
  input.autocomplete = "off";
  input.value = value;
  input.setAttribute("aria-label", label);
  hint.id = "stage-editor-hint";
  hint.setAttribute("role", "alert");
  hint.hidden = true;
  form.append(input, hint);
  host.append(form);
  const width = form.offsetWidth;
  form.style.left = `${Math.min(host.clientWidth - width - 4, Math.max(4, x - width / 2))}px`;
  form.style.top = `${Math.min(host.clientHeight - 84, Math.max(4, y - form.offsetHeight / 2))}px`;
  input.select();
  input.focus();
  let open = true;

  const close = () => {
    if (!open) return;
    open = false;
    form.remove();
    onClose();
  };
  const commit = () => {
    const number = readNumber(input.value);
    if (number !== null) {
      if (input.value.trim() !== value) onCommit(number);
      return true;
    }
    hint.textContent = `\u201c${input.value}\u201d is not a number. Write one such as 0.5 or -1.2e-3.`;
    hint.hidden = false;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", hint.id);
    return false;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (commit()) close();
  });
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
  });
  input.addEventListener("input", () => {
    hint.hidden = true;
    input.removeAttribute("aria-invalid");
  });
  input.addEventListener("blur", () => {
    if (open && commit()) close();
  });
  return close;
}

/**
 * A finite number as people write it, also with a comma or a true minus sign; else null.
 * @param {string} text
 * @returns {number | null}
 */
export function readNumber(text) {
  const plain = text.trim().replace(/\u2212/g, "-").replace(/^([^.]*),([^,]*)$/, "$1.$2");
  const number = Number(plain);
  return plain !== "" && Number.isFinite(number) ? number : null;
}
