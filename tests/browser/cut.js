// Gives the texts that reach beyond the right edge, where paper would end.
return [...document.body.querySelectorAll("*")]
  .filter((one) => !one.closest("svg, .sr, em, .skip") && one.checkVisibility())
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => `${one.className}: ${one.textContent.slice(0, 40)}`);
