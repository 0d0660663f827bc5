document.getElementById('check').addEventListener('click', () => {
  const outcome = document.getElementById('outcome');
  window.OzLiveness.open({
    action: ['video_selfie_blank'],
    meta: { user_id: '42' },
    on_complete: () => { outcome.textContent = 'Thank you.'; },
    on_error: ({ code }) => { outcome.textContent = code === 'user_closed' ? '' : `It did not work: ${code}`; },
  });
});
