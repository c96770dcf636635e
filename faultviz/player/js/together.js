/** Two lanes on one clock scroll as one: whatever moves one of them moves the other. */

/**
 * @param {HTMLElement[]} boxes with as many columns, each as wide
 */
export function together(boxes) {
  for (const box of boxes) {
    box.addEventListener("scroll", () => {
      for (const other of boxes) {
        if (other.scrollLeft !== box.scrollLeft) other.scrollLeft = box.scrollLeft;
      }
    });
  }
}
