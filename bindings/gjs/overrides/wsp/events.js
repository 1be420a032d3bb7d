// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

/* exported Events */

// Listeners and plain events, in the form of EventTarget, which GJS 1.74 lacks.

class PlainEvent {
    constructor(type, target, fields) {
        Object.assign(this, fields, {type, target, currentTarget: target, bubbles: false, cancelable: false, defaultPrevented: false});
        this.isStopped = false;
    }

    preventDefault() {}

    stopPropagation() {}

    stopImmediatePropagation() {
        this.isStopped = true;
    }
}

// A listener may be an object with handleEvent (), unless it is the value of a property such as onmessage.
function call({listener, isProperty}, event) {
    try {
        if (typeof listener === 'function')
            listener.call(event.currentTarget, event);
        else if (!isProperty)
            listener.handleEvent(event);
    } catch (thrown) {
        logError(Object(thrown), `Listener for ${event.type}`);
    }
}

function isListener(value) {
    return typeof value === 'function' || typeof value === 'object' && value !== null;
}

var Events = class Events {
    #entries = [];

    addEventListener(type, listener, options = {}) {
        if (listener === null || listener === undefined)
            return;
        if (!isListener(listener))
            throw new TypeError(`Listener is wrong: expected a function or an object, received ${typeof listener}`);
        if (this.#entries.some(entry => entry.type === type && entry.listener === listener && !entry.isProperty))
            return;
        this.#entries.push({type: String(type), listener, isOnce: Boolean(options?.once)});
    }

    removeEventListener(type, listener) {
        this.#remove(this.#entries.find(entry => entry.type === type && entry.listener === listener && !entry.isProperty));
    }

    #remove(entry) {
        const index = this.#entries.indexOf(entry);

        if (index < 0)
            return;
        entry.isRemoved = true;
        this.#entries.splice(index, 1);
    }

    #propertyEntry(type) {
        return this.#entries.find(entry => entry.type === type && entry.isProperty);
    }

    // A listener that replaces the value of a property takes the place of the old one among the listeners.
    setProperty(type, listener) {
        const entry = this.#propertyEntry(type);

        if (!isListener(listener))
            this.#remove(entry);
        else if (entry)
            entry.listener = listener;
        else
            this.#entries.push({type, listener, isProperty: true});
    }

    getProperty(type) {
        return this.#propertyEntry(type)?.listener ?? null;
    }

    dispatch(target, type, fields = {}) {
        const event = new PlainEvent(type, target, fields);

        for (const entry of this.#entries.filter(one => one.type === type)) {
            if (entry.isRemoved)
                continue;
            if (entry.isOnce)
                this.#remove(entry);
            call(entry, event);
            if (event.isStopped)
                return;
        }
    }
};
