import { useApolloClient } from '@apollo/client/react';
import { Field } from '@base-ui/react/field';
import { type FormEvent, useId, useRef, useState } from 'react';
import { announce } from '../frame/announcer.tsx';
import { useTitle } from '../frame/title.ts';
import field from '../new/field.module.css';
import { FieldError } from '../new/field-error.tsx';
import { useTexts } from '../text/locale.ts';
import { Button } from '../widgets/button.tsx';
import { type Checked, checkToken, tokenIn } from './check-token.ts';
import { type Outside, session } from './session.ts';
import classes from './sign-in-page.module.css';
import { SESSION_TEXTS } from './texts.ts';

/**
 * Stands in the place of every page while the service lets nobody in. The token is in the field and
 * then in the session, never in an address: the field has no name, so that not even a form that the
 * browser itself sends would carry it.
 */
export default function SignInPage({ why }: { why: Outside }) {
  const texts = useTexts(SESSION_TEXTS);
  useTitle(texts.title);
  const client = useApolloClient();
  const hint = useId();
  const input = useRef<HTMLInputElement>(null);
  const [pasted, setPasted] = useState('');
  const [stays, setStays] = useState(false);
  const [isChecking, setChecking] = useState(false);
  const [problem, setProblem] = useState<Exclude<Checked, { kind: 'taken' }>>();

  const signIn = async (event: FormEvent) => {
    event.preventDefault();
    if (isChecking) {
      return;
    }
    setChecking(true);
    const token = tokenIn(pasted);
    const checked = await checkToken(client, token);
    if (checked.kind === 'taken') {
      announce(texts.signedIn(checked.subject));
      await session.signIn(token, checked.subject, stays ? 'browser' : 'tab');
      return;
    }
    setChecking(false);
    setProblem(checked);
    input.current?.select();
  };

  return (
    <form className={classes['form']} method="post" noValidate onSubmit={(event) => void signIn(event)}>
      <h1>{texts.title}</h1>
      <p data-testid="why">{texts.why[why]}</p>
      <Field.Root className={field['field']} invalid={problem !== undefined}>
        <Field.Label className={field['label']}>{texts.token}</Field.Label>
        <Field.Control
          ref={input}
          className={field['control']}
          type="password"
          value={pasted}
          onValueChange={(text) => {
            setPasted(text);
            setProblem(undefined);
          }}
          autoComplete="current-password"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
        />
        <FieldError message={problem && (problem.kind === 'failed' ? problem.message : texts[problem.kind])} />
        <Field.Description className={field['hint']}>{texts.tokenHint}</Field.Description>
      </Field.Root>
      <div className={field['field']}>
        <label className={classes['stay']}>
          <input
            type="checkbox"
            checked={stays}
            onChange={({ target }) => setStays(target.checked)}
            aria-describedby={hint}
          />
          {texts.stay}
        </label>
        <p id={hint} className={field['hint']}>
          {texts.stayHint}
        </p>
      </div>
      <Button type="submit" kind="primary" disabled={isChecking} focusableWhenDisabled>
        {isChecking ? texts.checking : texts.signIn}
      </Button>
    </form>
  );
}
