import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';

import { Button } from '../../ui/button.tsx';
import { settingsWords } from '../../words/settings.ts';

/** A text that is shown this once, and a button that copies it. */
export function OneTimeText({ label, text }: { readonly label: string; readonly text: string }): ReactNode {
  const [isCopied, setCopied] = useState(false);
  return (
    <div className="flex flex-col gap-2">
      <output
        aria-label={label}
        className="border-line bg-surface-2 rounded-md border p-2 font-mono text-sm break-all select-all"
      >
        {text}
      </output>
      <div>
        <Button
          icon={isCopied ? Check : Copy}
          onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
        >
          {settingsWords(isCopied ? 'copied' : 'copy')}
        </Button>
      </div>
    </div>
  );
}
