/* The script of a page; nothing is loaded, and without it every fact is still there. */
(() => {
  document.documentElement.classList.add('with-script');

  /* The picture: zoom and pan. */
  for (const picture of document.querySelectorAll('[data-picture]')) {
    const canvas = picture.querySelector('.canvas');
    const svg = canvas.querySelector('svg');
    const { width, height } = svg.viewBox.baseVal;
    let zoom = 1;

    const wholeWidth = () => {
      const room = Math.min(canvas.clientWidth, (window.innerHeight * 0.85 * width) / height);
      return Math.min(room, width * 1.25);
    };
    const show = (next, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) => {
      const before = zoom;
      zoom = Math.min(8, Math.max(1, next));
      const left = ((canvas.scrollLeft + x) * zoom) / before - x;
      const top = ((canvas.scrollTop + y) * zoom) / before - y;
      svg.style.width = `${wholeWidth() * zoom}px`;
      canvas.scrollTo(left, top);
    };
    const actions = { in: () => show(zoom * 1.4), out: () => show(zoom / 1.4), fit: () => show(1) };

    for (const button of picture.querySelectorAll('[data-zoom]'))
      button.addEventListener('click', () => actions[button.dataset.zoom]());
    canvas.addEventListener(
      'wheel',
      (event) => {
        if (!event.ctrlKey) return;
        event.preventDefault();
        const frame = canvas.getBoundingClientRect();
        show(zoom * Math.exp(-event.deltaY / 300), event.clientX - frame.left, event.clientY - frame.top);
      },
      { passive: false },
    );
    canvas.addEventListener('keydown', ({ key }) => {
      if (key === '+' || key === '=') actions.in();
      if (key === '-' || key === '−') actions.out();
      if (key === '0') actions.fit();
    });
    let grabbed;
    canvas.addEventListener('pointerdown', (event) => {
      if (event.pointerType === 'mouse' && event.button === 0) grabbed = event;
    });
    window.addEventListener('pointermove', (event) => {
      if (grabbed === undefined) return;
      canvas.scrollBy(grabbed.clientX - event.clientX, grabbed.clientY - event.clientY);
      grabbed = event;
    });
    window.addEventListener('pointerup', () => (grabbed = undefined));
    window.addEventListener('resize', () => show(zoom));
    show(1);
  }

  /* The facts of a node. */
  const details = document.querySelector('[data-details]');
  const choose = (target) => {
    const chosen = details?.querySelector(`[data-facts="${CSS.escape(target.dataset.node)}"]`);
    if (!chosen) return;
    details.querySelector('.chosen')?.classList.remove('chosen');
    chosen.classList.add('chosen');
    details.querySelector('.hint').hidden = true;
    for (const pressed of document.querySelectorAll('.canvas [aria-pressed]')) pressed.setAttribute('aria-pressed', 'false');
    target.setAttribute('aria-pressed', 'true');
    chosen.scrollIntoView({ block: 'nearest' });
  };
  for (const target of document.querySelectorAll('.canvas [data-node]')) {
    target.addEventListener('click', (event) => {
      event.stopPropagation();
      choose(target);
    });
    target.addEventListener('keydown', (event) => {
      if (event.target !== target || (event.key !== 'Enter' && event.key !== ' ')) return;
      event.preventDefault();
      choose(target);
    });
  }

  /* Copying a command. */
  for (const button of document.querySelectorAll('[data-copy]')) {
    button.addEventListener('click', async () => {
      const line = button.parentElement.querySelector('code');
      try {
        await navigator.clipboard.writeText(line.textContent);
        button.textContent = 'Copied';
      } catch {
        window.getSelection().selectAllChildren(line);
        button.textContent = 'Selected';
      }
      setTimeout(() => (button.textContent = 'Copy'), 2000);
    });
  }

  /* The section that is being read, in the contents. */
  const sections = [...document.querySelectorAll('main section[id]')];
  const mark = () => {
    const current =
      sections.filter((section) => section.getBoundingClientRect().top < window.innerHeight / 3).at(-1) ?? sections[0];
    for (const link of document.querySelectorAll('.contents a')) {
      if (link.hash === `#${current?.id}`) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  };
  document.addEventListener('scroll', mark, { passive: true });
  mark();
  document.querySelector('.contents.small')?.addEventListener('click', (event) => {
    if (event.target.closest('a')) document.querySelector('.contents.small').open = false;
  });

  /* What is closed on a screen is open on paper. */
  window.addEventListener('beforeprint', () => {
    for (const closed of document.querySelectorAll('main details:not([open])')) {
      closed.open = true;
      closed.dataset.opened = '';
    }
  });
  window.addEventListener('afterprint', () => {
    for (const opened of document.querySelectorAll('details[data-opened]')) {
      opened.open = false;
      delete opened.dataset.opened;
    }
  });
})();
