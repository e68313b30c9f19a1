// What every page may use. Pages work without it: a behaviour is attached to a data- attribute and improves what is there.
import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs";
import { CharacterCount } from "govuk-frontend/dist/govuk/components/character-count/character-count.mjs";
import { Checkboxes } from "govuk-frontend/dist/govuk/components/checkboxes/checkboxes.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";
import { NotificationBanner } from "govuk-frontend/dist/govuk/components/notification-banner/notification-banner.mjs";
import { PasswordInput } from "govuk-frontend/dist/govuk/components/password-input/password-input.mjs";
import { Radios } from "govuk-frontend/dist/govuk/components/radios/radios.mjs";
import { SkipLink } from "govuk-frontend/dist/govuk/components/skip-link/skip-link.mjs";
import { createAll } from "govuk-frontend/dist/govuk/init.mjs";
import { closeOnEscape } from "./parts/disclosure.js";
import { exitAtOnce } from "./parts/exit.js";
import { keepTyping } from "./parts/keep.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");

keepTyping();
const preventDoubleClick = { preventDoubleClick: true };
createAll(Button, preventDoubleClick);
for (const component of [CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, Radios, SkipLink]) {
  createAll(component);
}
closeOnEscape();
exitAtOnce();
