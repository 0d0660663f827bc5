import { OzLiveness, type OzError } from 'ozma-liveness';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';

// The adapter's address.
OzLiveness.set_base('https://adapter.example/');

function Check() {
  const [outcome, setOutcome] = useState('');
  // A window that is open must not outlive the component.
  useEffect(() => () => OzLiveness.close(), []);
  const begin = () => OzLiveness.open({
    action: ['video_selfie_blank'],
    on_complete: () => setOutcome('Thank you.'),
    on_error: ({ code }: OzError) => setOutcome(code),
  });
  return <><button onClick={begin}>Check that it is me</button><p role="status">{outcome}</p></>;
}

// Not in StrictMode: it mounts twice, and would close what the first began.
createRoot(document.getElementById('app') as HTMLElement).render(<Check />);
