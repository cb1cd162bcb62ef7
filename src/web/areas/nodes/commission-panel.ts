import type { CommissionView, NodeDetailView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';

/** What a bare-metal node is made of, and how its commissioning goes or went. */
export interface CommissionPanel {
  readonly inventory: readonly { readonly name: string; readonly value: string }[];
  /** While it is inspected: what is done, and how much of that in per cent where it is known. */
  readonly doing: { readonly step: string; readonly percent: number | null } | null;
  /** It was asked for and has not begun. */
  readonly waits: boolean;
  /** The newest that has ended. */
  readonly last: CommissionLine | null;
  readonly before: readonly CommissionLine[];
  readonly href: string;
}

interface CommissionLine {
  readonly passed: boolean;
  readonly at: When;
  readonly by: string | null;
  readonly says: string | null;
  readonly parts: readonly PartLine[];
}

interface PartLine {
  readonly name: string;
  readonly result: 'fine' | 'warning' | 'failed';
  /** Empty where it is fine. */
  readonly word: string;
  readonly icon: string;
  readonly says: string;
  readonly took: string;
  readonly measured: string;
}

const words = {
  fine: ['', 'check'],
  warning: ['Warning', 'alert'],
  failed: ['Failed', 'alert'],
} as const;

/** Null where it is no bare metal. */
export function commissionPanel(node: NodeDetailView, clock: Clock): CommissionPanel | null {
  if (!node.hardware) return null;
  const { inventory, commissions, inspecting } = node;
  const ended = commissions.filter(({ outcome }) => outcome !== null).map((one) => lineOf(one, clock));
  const open = commissions.find(({ outcome }) => outcome === null);
  const [last = null, ...before] = ended;
  return {
    ...{ inventory, last, before },
    doing: inspecting && {
      step: `${inspecting.step[0]?.toUpperCase() ?? ''}${inspecting.step.slice(1)}`,
      percent: inspecting.fraction === null ? null : Math.round(inspecting.fraction * 100),
    },
    waits: open !== undefined && inspecting === null,
    href: `/nodes/orders?id=${node.id}&action=commission`,
  };
}

function lineOf(
  { outcome, endedAt, askedAt, by, says, parts }: CommissionView,
  clock: Clock,
): CommissionLine {
  return {
    ...{ passed: outcome === 'passed', by, says },
    at: clock.when(endedAt ?? askedAt),
    parts: parts.map(({ name, result, says: sentence, seconds, measured }) => ({
      ...{ name, result, word: words[result][0], icon: words[result][1], says: sentence },
      took: seconds === null ? '' : `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`,
      measured:
        measured === null ? '' : `${measured.value.toLocaleString('en')} ${measured.unit} ${measured.what}`,
    })),
  };
}
