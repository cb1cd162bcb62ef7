import type { ServiceDeps } from './deps.ts';
import { addPeople, addPerson } from './people/add-people.ts';
import { changeMembers } from './people/change-members.ts';
import { disablePerson, enablePerson, removePerson } from './people/close-account.ts';
import { addGroup, deleteGroup, editGroup } from './people/edit-group.ts';
import { editPerson, resetPassword } from './people/edit-person.ts';
import { inspectGroup, listGroups } from './people/groups.ts';
import { inspectPerson } from './people/inspect-person.ts';
import { findPeople, listPeople } from './people/list.ts';
import { planPeople } from './people/plan-people.ts';
import type { PeopleServices } from './people.ts';

/** What administrators do with people and groups. */
export function peopleServices(deps: ServiceDeps): PeopleServices {
  return {
    findPeople: (me, request) => findPeople(deps, me, request),
    listPeople: (me, request) => listPeople(deps, me, request),
    inspectPerson: (me, id) => inspectPerson(deps, me, id),
    addPerson: (me, person, once) => addPerson(deps, me, person, once),
    planPeople: (me, request) => planPeople(deps, me, request),
    addPeople: (me, request, once) => addPeople(deps, me, request, once),
    editPerson: (me, id, changes) => editPerson(deps, me, id, changes),
    resetPassword: (me, id, options, once) => resetPassword(deps, me, id, options, once),
    disablePerson: (me, id, how, once) => disablePerson(deps, me, id, how, once),
    enablePerson: (me, id, once) => enablePerson(deps, me, id, once),
    removePerson: (me, id) => removePerson(deps, me, id),
    listGroups: (me) => listGroups(deps, me),
    inspectGroup: (me, id) => inspectGroup(deps, me, id),
    addGroup: (me, group, once) => addGroup(deps, me, group, once),
    editGroup: (me, id, changes) => editGroup(deps, me, id, changes),
    changeMembers: (me, id, changes, once) => changeMembers(deps, me, id, changes, once),
    deleteGroup: (me, id) => deleteGroup(deps, me, id),
  };
}
